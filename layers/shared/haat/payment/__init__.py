"""Money over UPI: payment requests, receipts, refunds, settlement, and the banks. One rule above all: proof is consumed, anything else only makes one pull due."""
