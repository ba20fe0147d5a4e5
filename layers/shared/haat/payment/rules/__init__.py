"""What follows from what: pure functions over payment/model."""
