"""What is made from the model: the JSON Schema for editors, and the page for people."""
