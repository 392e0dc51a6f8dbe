"""Files of data: what is read of them, where their mistakes are, and what is refused."""

from __future__ import annotations

import tracemalloc
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import spec_compiler as sc
from spec_compiler.training import data_files
from spec_compiler.training.check_data import check_data_file
from spec_compiler.training.data_files import read_file
from tests.training.data import COUNT, INPUTS, SPEC, TARGETS, found, graph
from tests.training.tfrecords import tfrecord

pytestmark = pytest.mark.usefixtures("stand_ins")

ALL = INPUTS | TARGETS
HEAD = [
    *(f"words.{i}" for i in range(4)), *(f"image.{i}.{j}.0" for i in range(2) for j in range(3)), "age", "city", "kind",
    *(f"sort.{i}" for i in range(3)), "alarm",
]  # fmt: skip


def npz(path, arrays):
    np.savez_compressed(path, **arrays)


def parquet(path, arrays):
    pq.write_table(pa.table({name: np.asarray(array).tolist() for name, array in arrays.items()}), path)


def csv(path, arrays):
    rows = [[*(np.ravel(np.asarray(array)[row]) for array in arrays.values())] for row in range(COUNT)]
    lines = [",".join(str(value) for part in row for value in part) for row in rows]
    path.write_text("\n".join([",".join(HEAD), *lines]) + "\n", encoding="utf-8")


WRITERS = {".npz": npz, ".parquet": parquet, ".csv": csv, ".tfrecord": tfrecord}


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    """Write arrays to a file of each kind, and hold it."""

    def written(changed=None, **options):
        path = tmp_path / f"data{request.param}"
        WRITERS[request.param](path, ALL | (changed or {}))
        return check_data_file(graph(), path, **options)

    return written


def test_a_file_as_it_is_wanted_is_fine(written):
    assert not written().diagnostics


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"words": INPUTS["words"] + 5}, "SC545", "words[1"),
        ({"kind": TARGETS["kind"] + 1}, "SC545", "kind[2"),
        ({"age": [20, 21, np.nan, 23, 24, 25]}, "SC546", "age[2"),
        ({"alarm": TARGETS["alarm"] * 2}, "SC545", "alarm[1"),
    ],
)
def test_a_mistake_in_a_file_names_the_file_and_the_row(written, changed, code, where):
    report = written(changed)
    assert [(each, name.rstrip(",]")) for each, _, name in found(report)] == [(code, where)]
    (diagnostic,) = report
    assert "of `data." in diagnostic.message


@pytest.mark.parametrize("groups", [1, 64])
def test_what_is_held_of_columns_is_bounded(tmp_path, groups, monkeypatch):
    monkeypatch.setattr(data_files, "STRETCH_BYTES", 2**18)
    rows, path = 2**14, tmp_path / "data.parquet"
    values = pa.array(np.random.default_rng(0).normal(size=rows * 128))  # of no two the same, which would be packed
    table = pa.table({"age": pa.FixedSizeListArray.from_arrays(values, 128)})
    pq.write_table(table, path, row_group_size=rows // groups)
    size = table.nbytes
    del values, table
    before, most, read = pa.total_allocated_bytes(), 0, 0
    for samples in read_file(path, graph().data_contract.inputs):
        read += len(samples.columns["age"].read())
        most = max(most, pa.total_allocated_bytes() - before)
    assert (read, size) == (rows, 2**24)
    assert most < size / 3


def test_a_mistake_in_a_table_of_text_shows_its_line(tmp_path):
    path = tmp_path / "data.csv"
    csv(path, ALL | {"kind": TARGETS["kind"] + 1})
    report = check_data_file(graph(), path)
    (diagnostic,) = report
    (row,) = diagnostic.related
    assert (row.message, row.span.file, row.span.start) == ("`kind[2]`", str(path), (4, 1))
    assert f"{path}:4:1" in str(report)
    assert path.read_text(encoding="utf-8").splitlines()[3] in str(report)


def test_a_text_among_numbers_is_found_in_its_row(tmp_path):
    path = tmp_path / "data.csv"
    csv(path, ALL)
    path.write_text(path.read_text().replace("22.0", "about 22"))
    (diagnostic,) = check_data_file(graph(), path)
    assert (diagnostic.code, diagnostic.related[0].span.start.line) == ("SC544", 4)
    assert "`about 22`" in diagnostic.message


def test_text_that_looks_like_numbers_stays_text(tmp_path):
    path = tmp_path / "data.csv"
    csv(path, ALL | {"city": ["0123"] * COUNT})
    assert not check_data_file(graph(), path).diagnostics


def test_line_ends_in_values_leave_the_line_out(tmp_path):
    path = tmp_path / "data.csv"
    csv(path, ALL | {"city": ['"a\nb"'] * COUNT, "kind": TARGETS["kind"] + 1})
    (diagnostic,) = check_data_file(graph(), path)
    assert (diagnostic.code, diagnostic.related) == ("SC545", ())


def test_columns_beyond_those_of_the_model_are_doubtful(tmp_path):
    npz(tmp_path / "data.npz", ALL | {"row": np.arange(COUNT)})
    parquet(tmp_path / "data.parquet", ALL | {"row": np.arange(COUNT)})
    for path in tmp_path.iterdir():
        assert [each.code for each in check_data_file(graph(), path)] == ["SC542"]


def test_a_file_for_predictions_needs_no_targets(written):
    assert {each.code for each in written(with_targets=False)} <= {"SC542"}


def test_what_is_missing_is_looked_for_among_what_is_there(tmp_path):
    path = tmp_path / "data.npz"
    npz(path, {("imge" if name == "image" else name): array for name, array in ALL.items()})
    (diagnostic,) = check_data_file(graph(), path)
    assert (diagnostic.code, diagnostic.hint) == ("SC541", "is it `imge`?")


def test_lists_of_different_lengths_are_no_array(tmp_path):
    path = tmp_path / "data.parquet"
    parquet(path, {name: array for name, array in ALL.items() if name != "words"})
    table = pq.read_table(path).append_column("words", pa.array([[1, 2, 3, 4]] * 3 + [[1]] + [[1, 2, 3, 4]] * 2))
    pq.write_table(table, path)
    (diagnostic,) = check_data_file(graph(), path)
    assert diagnostic.code == "SC543"
    assert diagnostic.message.endswith("row 0 has 4 values, and row 3 has 1")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("data.npz", b"no archive", "is no archive of arrays"),
        ("data.npz", None, "there is no file"),
        ("data.parquet", b"PAR1 and nothing", "is no Parquet file"),
        ("data.csv", b"a,b\n1,2\n3\n", "Expected 2 columns, got 1"),
        ("data.csv", b"a,a\n1,2\n", "two columns named `a`"),
        ("data.csv", b"a\n\xff\xfe\n", "it is not UTF-8"),
        ("data.csv", b"", "is no table"),
        ("data.txt", b"a\n1\n", "the suffix of `data.txt` is none of .npz, .parquet, .csv"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    (diagnostic,) = check_data_file(graph(), path)
    assert diagnostic.code == "SC540"
    assert reason in diagnostic.message


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "data.csv").mkdir()
    assert [each.code for each in check_data_file(graph(), tmp_path / "data.csv")] == ["SC540"]


def test_what_is_pickled_is_not_read(tmp_path):
    path = tmp_path / "data.npz"
    np.savez(path, **(ALL | {"age": np.array([Bomb()] * COUNT, dtype=object)}))
    (diagnostic,) = check_data_file(graph(), path)
    assert diagnostic.code == "SC540"
    assert "Python objects" in diagnostic.message


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemError('a stranger has run')",)


def test_no_more_is_read_than_the_limit(written):
    assert [each.code for each in written(limits=sc.Limits(data_bytes=100))] == ["SC721"]


def test_an_array_that_unpacks_to_much_is_refused_by_its_head(tmp_path):
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("words.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<f8", "fortran_order": False, "shape": (10**13, 4)})
    assert [each.code for each in check_data_file(graph(), path)] == ["SC721"]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_that_lie_by_columns_are_read_stretch_by_stretch(tmp_path, save, monkeypatch):
    monkeypatch.setattr(data_files, "STRETCH_BYTES", 400)
    draw = np.random.default_rng(0)
    arrays = {
        "words": draw.integers(0, 9, (31, 4)),
        "image": draw.random((31, 2, 3, 1), "float32"),
        "age": np.arange(31.0),
    }
    save(tmp_path / "data.npz", **{name: np.asfortranarray(array) for name, array in arrays.items()})
    stretches = list(read_file(tmp_path / "data.npz", graph().data_contract.inputs))
    assert len(stretches) > 3
    for name, array in arrays.items():
        read = [each.columns[name].read() for each in stretches]
        assert max(map(len, read)) < 10
        np.testing.assert_array_equal(np.concatenate(read), array)


def test_what_is_held_of_an_array_that_lies_by_columns_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(data_files, "STRETCH_BYTES", 2**16)
    np.savez(tmp_path / "data.npz", words=np.asfortranarray(np.ones((2**16, 4))))
    wanted = graph().data_contract.inputs
    tracemalloc.start()
    rows = sum(len(each.columns["words"].read()) for each in read_file(tmp_path / "data.npz", wanted))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 2**16
    assert most < 2**20  # of 2 MiB


def test_an_array_of_fewer_bytes_than_its_head_says_is_damaged(tmp_path):
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w") as archive, archive.open("words.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<f8", "fortran_order": False, "shape": (10, 4)})
    assert [each.code for each in check_data_file(graph(), path)] == ["SC540"]


@pytest.mark.slow
def test_without_the_library_the_command_says_what_to_install(tmp_path):
    from tests.processes import python

    (tmp_path / "spec.yaml").write_text(SPEC)
    csv(tmp_path / "data.csv", ALL)
    npz(tmp_path / "data.npz", ALL)
    program = "import sys\nsys.modules['pyarrow'] = None\nfrom spec_compiler.cli.main import run\nrun()\n"
    done = python("-c", program, "data", "spec.yaml", "data.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert b"pip install 'spec-compiler[data]'" in done.stderr
    assert python("-c", program, "data", "spec.yaml", "data.npz", cwd=tmp_path).returncode == 0
