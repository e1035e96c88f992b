"""The bounded map of what loaders gave out."""

from __future__ import annotations

from discomfort.models.kept_models import Kept, KeptModels


def kept(*loaders: str) -> Kept:
    return Kept([[object()]], None, loaders)


def test_what_was_put_is_given_and_counted():
    models, entry = KeptModels(2), kept("a")
    models.put("A", entry)
    assert models.get("A") is entry
    assert models.get("B") is None
    assert models.describe() == {"limit": 2, "loaders": 1, "entries": 1, "hits": 1, "stores": 1}


def test_the_loader_that_was_used_longest_ago_goes_first():
    models = KeptModels(2)
    for name in "ab":
        models.put(name.upper(), kept(name))
    models.get("A")
    models.put("C", kept("c"))
    assert [models.get(name) is not None for name in "ABC"] == [True, False, True]


def test_a_model_goes_with_all_that_is_made_of_it():
    models = KeptModels(2)
    models.put("A", kept("a"))
    models.put("A+lora", kept("lora", "a"))
    models.put("A+patch", kept("a"))
    assert models.describe()["loaders"] == 2
    models.put("B", kept("b"))
    # The LoRA went before the model that it patches.
    assert [models.get(key) is not None for key in ("A", "A+lora", "A+patch", "B")] == [True, False, True, True]
    models.get("B")
    models.drop_oldest(but=["b"])
    assert models.get("A+patch") is None
    assert models.describe()["entries"] == 1


def test_an_entry_that_needs_more_than_may_be_kept_pushes_nothing_out():
    models = KeptModels(1)
    models.put("A", kept("a"))
    models.put("A+lora", kept("lora", "a"))
    assert models.get("A") is not None
    assert models.get("A+lora") is None


def test_many_patches_of_one_model_are_bounded():
    models = KeptModels(2)
    for number in range(100):
        models.put(number, kept("a"))
    assert models.describe()["entries"] == 16
    assert models.get(99) is not None


def test_nothing_is_kept_with_a_limit_of_none():
    models = KeptModels(0)
    models.put("A", kept("a"))
    assert models.describe() == {"limit": 0, "loaders": 0, "entries": 0, "hits": 0, "stores": 0}


def test_it_is_emptied():
    models = KeptModels(2)
    models.put("A", kept("a"))
    models.clear()
    assert models.get("A") is None
    assert models.describe()["loaders"] == 0
    assert not models.drop_oldest()
