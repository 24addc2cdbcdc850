"""One design language: layout, style, translations and the pages every service has."""
