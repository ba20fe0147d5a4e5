"""Joins the routes of a shop's goods to the real table and bucket."""

from haat.aws import clients
from haat.aws.bucket import Bucket
from haat.aws.once import DynamoAnswers
from haat.aws.table import Table
from haat.business.service.collections import Shelves
from haat.business.service.imports import TakingIn
from haat.business.service.pictures import Pictures
from haat.business.service.products import Goods
from haat.business.store.collections import DynamoCollections
from haat.business.store.files import BucketFiles
from haat.business.store.imports import DynamoImports
from haat.business.store.merchants import DynamoMerchants
from haat.business.store.products import DynamoProducts
from haat.edge.api.collections import CollectionRoutes
from haat.edge.api.imports import ImportRoutes
from haat.edge.api.products import PictureRoutes, ProductRoutes
from haat.wiring.clock import now


def goods_routes(business: Table, bucket: str) -> tuple[object, ...]:
    """Products, pictures, collections, imports."""
    answers, merchants = DynamoAnswers(business), DynamoMerchants(business, now)
    products, collections = DynamoProducts(business), DynamoCollections(business)
    files = BucketFiles(Bucket(clients.s3, bucket))
    goods = Goods(merchants=merchants, products=products, collections=collections, files=files, answers=answers)
    imports = DynamoImports(business)
    return (
        ProductRoutes(goods),
        PictureRoutes(Pictures(products=products, files=files, answers=answers)),
        CollectionRoutes(Shelves(collections=collections, answers=answers)),
        ImportRoutes(
            TakingIn(merchants=merchants, products=products, collections=collections, imports=imports, answers=answers)
        ),
    )
