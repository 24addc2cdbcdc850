"""What people, services and clocks do with the Hash Check Service, one file per noun."""
