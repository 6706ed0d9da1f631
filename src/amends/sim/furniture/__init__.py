"""What a demo house is furnished with: goods, people, pictures, words, and the courses its cases take."""
