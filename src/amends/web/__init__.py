"""The web shell: pages for merchants, warehouses, buyers and the platform, on Django without its ORM."""
