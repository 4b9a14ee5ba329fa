"""The stages that are no package of their own: a module each, named after its rule and its verb."""
