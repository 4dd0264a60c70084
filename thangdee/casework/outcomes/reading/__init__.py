"""Reading a shelter's spreadsheet kindly: what cannot be taken is named, row by row. Nothing is stored here."""
