"""Medium and verification: by rules, and once more by what marked articles taught."""
