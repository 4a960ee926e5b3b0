"""Run: python -m pytest tests/assistant/test_findings.py"""

import json
from dataclasses import replace

import pytest

from assistant.findings import SCHEMA, Findings
from segmentation.types import Anatomy, Disc, Fovea, Quadrants
from tests.assistant.factory import (
    RISKS,
    THICKNESS,
    diseases,
    findings,
    healthy,
    lesion,
    lesions,
    measured,
    scan,
    ungradable,
)
from vision.errors import InputError

FULL = findings(
    lesions=lesions(HE=lesion(5, by_quadrant=Quadrants(1, 2, 1, 1), nearest_to_fovea_dd=1.25)),
    anatomy=Anatomy(Disc((1.0, 2.0), 520.4), Fovea((3.0, 4.0), 0.8), 0.45, 0.1),
)
SURE, UNSURE = scan("DME", 0.81), scan("RAO", 0.42, "OS")
THICK = scan("NO", thickness=replace(THICKNESS, um_per_px=3.87))
RISKY = findings(lesions=None, dme_grade=RISKS[2])
FAILED = findings(grade=None, diseases=None, lesions=None, notes=("note.classifier_failed",))


@pytest.mark.parametrize(
    "one",
    [findings(), healthy(), ungradable(), FULL, FAILED, SURE, UNSURE, THICK, RISKY, measured()],
)
def test_json_and_back_gives_an_equal_value(one):
    assert Findings.from_dict(json.loads(one.to_json())) == one


def test_findings_of_before_thickness_was_measured_are_read():
    data = SURE.to_dict()
    del data["thickness"]
    assert Findings.from_dict(data) == SURE


def test_json_names_its_schema_version():
    assert json.loads(findings().to_json())["schema"] == SCHEMA


def test_json_can_be_read_without_this_project():
    data = findings().to_dict()
    assert data["diseases"][1]["name"] == "diabetic retinopathy"
    assert data["diseases"][1]["present"] is True
    assert data["dr"]["referable"] is True
    assert data["dr"]["rule"].startswith("more than just microaneurysms")


def test_each_disease_tells_its_uncertain_band():
    one = findings(diseases=diseases(G=0.49)).to_dict()["diseases"][2]
    assert (one["low"], one["high"], one["uncertain"]) == (0.3333, 0.6667, True)


def test_the_edema_risk_is_told_by_rule_and_by_classifier():
    data = measured(dme_grade=RISKS[1]).to_dict()["dme"]
    assert (data["risk"], data["classifier_risk"]) == (2, 1)
    assert data["probabilities"] == [0.19, 0.64, 0.17]
    data = RISKY.to_dict()["dme"]
    assert (data["risk"], data["reason"], data["classifier_risk"]) == (None, None, 2)
    assert ungradable().to_dict()["dme"] is None


def test_a_scan_tells_its_class_and_all_probabilities():
    data = SURE.to_dict()["oct"]
    assert (data["class"], data["name"]) == ("DME", "diabetic macular oedema")
    assert data["probabilities"]["DME"] == 0.81 and len(data["probabilities"]) == 7
    assert not data["uncertain"] and UNSURE.to_dict()["oct"]["uncertain"]
    assert findings().to_dict()["oct"] is None


def test_what_was_not_measured_is_null_never_zero():
    data = ungradable().to_dict()
    assert data["lesions"] is data["diseases"] is data["dr"]["grade"] is None
    assert data["dr"]["referable"] is data["anatomy"]["vertical_cdr"] is None


@pytest.mark.parametrize("version", [None, 0, SCHEMA + 1, "1"])
def test_another_schema_version_is_refused(version):
    with pytest.raises(InputError) as caught:
        Findings.from_dict({**findings().to_dict(), "schema": version})
    assert caught.value.key == "error.findings_schema"


@pytest.mark.parametrize(
    "key", ["image", "quality", "diseases", "dr", "dme", "lesions", "anatomy", "oct", "notes"]
)
def test_a_missing_key_is_refused(key):
    data = findings().to_dict()
    del data[key]
    with pytest.raises(InputError) as caught:
        Findings.from_dict(data)
    assert caught.value.key == "error.findings_keys"


@pytest.mark.parametrize("grade", [(0, False), (1, False), (2, True), (4, True), (None, None)])
def test_moderate_and_worse_is_referable(grade):
    value, referable = grade
    assert findings(grade=value).dr.referable is referable


def test_a_disease_is_present_from_its_threshold_on():
    assert diseases(G=0.5)[2].present
    assert not diseases(G=0.499)[2].present
