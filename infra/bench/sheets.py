"""A table of products as a spreadsheet in Kolkata writes it: a mark at its beginning, Windows' line ends, apostrophes, lakhs."""

HEADING = "sku,name,price,unit,stock,tax_percent,hsn,active,collections,id"
# Ten kinds of bad rows, and the column of each.
BAD = {
    "price": ["{sku},a,free,,,,,,,", "{sku},a,1.001,,,,,,,"],
    "name": ["{sku},,1,,,,,,,"],
    "unit": ["{sku},a,1,cubit,,,,,,"],
    "stock": ["{sku},a,1,,1.5,,,,,"],
    "tax_percent": ["{sku},a,1,,,101,,,,"],
    "hsn": ["{sku},a,1,,,,123,,,"],
    "active": ["{sku},a,1,,,,,perhaps,,"],
    "collections": ["{sku},a,1,,,,,,Nowhere,"],
    "id": ["{sku},a,1,,,,,,,01KDVDNA008252GHK0JAF24VNQ"],
}


def table(count: int, bad: int) -> bytes:
    """So many rows, of which so many are bad, of ten kinds in turn."""
    kinds = [row for rows in BAD.values() for row in rows]
    every = count // bad
    rows = [
        kinds[number // every % len(kinds)].format(sku=f"B{number}")
        if number % every == 0
        else f'S{number},মিষ্টি {number},"1,20,{number % 1000:03d}.50",kg,{number},5,\'0401,yes,,'
        for number in range(count)
    ]
    return ("\ufeff" + "\r\n".join([HEADING, *rows, ""])).encode()
