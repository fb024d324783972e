"""What the second reader is made of; none of it imports the engine."""
