"""Which classes check inputs themselves."""

from __future__ import annotations

from discomfort.validators import list_validators


class Plain:
    pass


class ByName:
    @classmethod
    def VALIDATE_INPUTS(cls, image, mask=None):
        return True


class Everything:
    @classmethod
    def VALIDATE_INPUTS(s, **kwargs):
        return True


class Inherits(ByName):
    pass


class Static:
    @staticmethod
    def VALIDATE_INPUTS(ignored, image):
        return True


class Broken:
    VALIDATE_INPUTS = 7


class NewBase:
    @classmethod
    def GET_BASE_CLASS(cls):
        return NewBase

    @classmethod
    def validate_inputs(cls, **kwargs):
        return True


class NewPlain(NewBase):
    pass


class NewTypes(NewBase):
    @classmethod
    def validate_inputs(cls, input_types):
        return True


class NewEverything(NewBase):
    @classmethod
    def validate_inputs(cls, model_file, **kwargs):
        return True


class NewInherits(NewEverything):
    pass


def listed(*classes: type) -> dict[str, list[str]]:
    return list_validators({one.__name__: one for one in classes})


def test_a_class_with_a_validator_is_listed_with_the_inputs_that_it_names():
    assert listed(Plain, ByName, Inherits) == {"ByName": ["image", "mask"], "Inherits": ["image", "mask"]}


def test_a_validator_that_takes_any_input_takes_all_over():
    assert listed(Everything) == {"Everything": ["*"]}


def test_a_class_of_the_new_kind_counts_where_it_has_a_validator_of_its_own():
    assert listed(NewPlain, NewTypes, NewEverything, NewInherits) == {
        "NewTypes": ["input_types"],
        "NewEverything": ["model_file", "*"],
        "NewInherits": ["model_file", "*"],
    }


def test_a_class_that_cannot_be_read_costs_nobody_the_answer():
    assert listed(Broken, ByName) == {"ByName": ["image", "mask"]}


def test_a_static_validator_is_read_as_comfyui_reads_it():
    assert listed(Static) == {"Static": ["image"]}
