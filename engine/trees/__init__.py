"""Trees beside networks: what they are shown, forests as graphs, averages; nothing here is needed to predict."""
