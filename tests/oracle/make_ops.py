"""Values and gradients of ops: a fixture for each table in op_cases/.

Run: make_ops.py [TABLE …]      all tables where none is named
"""

import hashlib
import importlib
import sys

from common import FOLDER, SAMPLES, be_deterministic, write_fixture
from op_cases.case import not_finite

# Ops in which PyTorch does something else with such numbers. Their own tests say what ours do.
OTHERWISE = {
    "binaryCrossEntropy": "throws outside of [0, 1]",
    "multiMarginLoss": "leaves NaN out of the sum",
}


def main(names):
    be_deterministic()
    tables = FOLDER / "op_cases"
    known = sorted(path.stem for path in tables.glob("*.py") if path.stem != "case")
    for name in names or known:
        table = importlib.import_module(f"op_cases.{name}")
        cases = [*table.CASES, *not_finite(table.CASES, OTHERWISE)]
        keys = [case.key for case in cases]
        assert len(set(keys)) == len(keys), f"{name}: two cases have one name: {sorted(keys)}"
        tensors = {key: stored(key, result) for case in cases for key, result in case.results().items()}
        # Of the table: a test sees by it that the fixture was made from the table as it stands.
        digest = hashlib.sha256((tables / f"{name}.py").read_bytes()).hexdigest()
        facts = {"table": f"op_cases/{name}.py", "sha256": digest, "cases": [case.facts() for case in cases]}
        write_fixture(f"ops{name.title().replace('_', '')}", tensors, facts)
        print(f"{name}: {len(cases)} cases, {len({case.op for case in cases})} ops, {len(tensors)} results")


def stored(key, result):
    """All of a result, as float64."""
    assert result.numel() <= SAMPLES, f"{key}: {result.numel()} elements; larger shapes are for the tests of the op"
    return result.double().contiguous().clone()


main(sys.argv[1:])
