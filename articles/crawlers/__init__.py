"""What search engines are told: what there is, what they may ask for, what has changed."""
