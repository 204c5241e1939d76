"""The two small languages inside a mapping: JMESPath paths and Jinja2 texts."""
