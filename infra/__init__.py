"""The cloud resources, one file a concern, and the commands that build and deploy them."""
