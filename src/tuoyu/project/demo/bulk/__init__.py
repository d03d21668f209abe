"""A large demonstration: drawn by lot from one seed, written in sets, with every constraint checked."""

from tuoyu.project.demo.bulk.loading import write_bulk

__all__ = ["write_bulk"]
