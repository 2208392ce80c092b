"""What a configuration says of itself, mostly without torch."""

import pytest

from model.backbones import DEFAULT
from model.errors import BadUsage
from model.training.config import AUGMENTATIONS, CROPS, PRESETS, TrainConfig, choose_config, why_fine_tuned


def test_each_preset_crop_and_augmentation_is_explained_by_a_sentence():
    assert list(PRESETS) == ["instant", "quick", "thorough"]
    for sentence in (*(config.about for config in PRESETS.values()), *CROPS.values(), *AUGMENTATIONS.values()):
        assert sentence.endswith(".")
        assert len(sentence.split()) >= 3


def test_a_preset_knows_its_name_and_the_thorough_one_takes_longer():
    assert all(config.preset == name for name, config in PRESETS.items())
    quick, thorough = PRESETS["quick"], PRESETS["thorough"]
    assert thorough.epochs_finetune > quick.epochs_finetune
    assert thorough.epochs_scratch > quick.epochs_scratch


def test_only_the_options_that_are_given_change_a_preset():
    config = choose_config("thorough", epochs=3, size=None, seed=0)
    assert config.epochs == 3
    assert config.max_size == PRESETS["thorough"].max_size
    assert config.size is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"preset": "slow"}, "no preset called slow: choose from instant, quick, thorough"),
        ({"crop": "round"}, "no crop called round: choose from random, squish, crop, pad"),
        ({"augment": ("flip", "melt")}, "no augmentation called melt: choose from rotate, flip"),
        ({"learning_rate": "high"}, "a number above 0, or the word find"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(options, words):
    with pytest.raises(BadUsage, match=words):
        choose_config(**options)


def test_without_a_preset_a_head_is_fitted_unless_an_option_of_fine_tuning_is_given():
    assert choose_config().preset == choose_config(note="from the attic", seed=3, epochs=None).preset == "instant"
    assert choose_config(arch="efficientnet_lite0", mirror=False).preset == "instant"
    for options in ({"epochs": 3}, {"learning_rate": 0.1}, {"arch": "resnet34"}, {"size": 64}, {"augment": ("warp",)}):
        assert choose_config(**options).preset == "quick"
        assert "the preset quick" in why_fine_tuned(**options)
    assert why_fine_tuned(seed=3, epochs=None) == ""


def test_an_option_of_fine_tuning_with_the_instant_preset_is_refused_and_told_who_takes_it():
    said = "cannot take --epochs and --size: leave them out, or choose --preset quick or --preset thorough, which take those"
    with pytest.raises(BadUsage, match=said):
        choose_config("instant", epochs=3, size=64)


def test_the_size_is_that_of_the_middle_picture_in_steps_of_32_within_the_bounds():
    config = TrainConfig(init="scratch", max_size=128)
    assert config.size_for([8, 8, 8]) == 32
    assert config.size_for([50, 100, 4000]) == 96
    assert config.size_for([3000, 3000]) == 128
    assert TrainConfig(size=50).size_for([8]) == 50


def test_small_pictures_are_enlarged_for_a_body_that_knows_larger_ones():
    assert TrainConfig().size_for([8, 8, 8]) == 128
    assert TrainConfig().size_for([170]) == 160
    assert TrainConfig().size_for([3000]) == 224
    assert TrainConfig(max_size=96).size_for([8]) == 96


def test_the_default_architecture_is_the_one_whose_weights_are_installed():
    assert TrainConfig().arch == DEFAULT


def test_a_mirrored_digit_is_not_shown_unless_asked_for():
    assert "flip" not in TrainConfig().augmentations_for(mirrorable=False)
    assert TrainConfig().augmentations_for(mirrorable=True) == tuple(AUGMENTATIONS)
    assert TrainConfig(augment=("flip",)).augmentations_for(mirrorable=False) == ("flip",)
    assert TrainConfig(augment=()).augmentations_for(mirrorable=True) == ()


def test_what_a_person_says_of_mirroring_goes_over_the_guess_and_over_a_list_of_augmentations():
    assert TrainConfig(mirror=True).augmentations_for(mirrorable=False) == tuple(AUGMENTATIONS)
    assert "flip" not in TrainConfig(mirror=False).augmentations_for(mirrorable=True)
    assert TrainConfig(mirror=False, augment=("flip", "warp")).augmentations_for(mirrorable=True) == ("warp",)
    assert TrainConfig(mirror=True, augment=("warp",)).augmentations_for(mirrorable=True) == ("warp",)
    assert [TrainConfig(mirror=said).may_mirror(guess) for said in (None, True, False) for guess in (True, False)] == [
        *(True, False),
        *(True, True),
        *(False, False),
    ]


def test_few_pictures_make_small_batches_so_that_an_epoch_has_steps():
    assert TrainConfig().batch_size_for(100_000) == 32
    assert TrainConfig().batch_size_for(832) == 26
    assert TrainConfig().batch_size_for(20) == 8
    assert TrainConfig(batch_size=4).batch_size_for(100_000) == 4
