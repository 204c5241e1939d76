"""The grammar, version 1: one frozen class per concept."""

from engine.spec.account import AccountLock
from engine.spec.mapping import MappingSpec
from engine.spec.params import Brand, Param
from engine.spec.trial import TestFile

__all__ = ["AccountLock", "Brand", "MappingSpec", "Param", "TestFile"]
