"""Generated documents are fresh, and a stale one is noticed."""

from pathlib import Path

from amends import documents
from amends.cli import main

DOCS = Path(__file__).parent.parent / "docs"


def test_generated_documents_are_fresh():
    assert documents.stale(DOCS) == [], "run: amends docs"


def test_a_stale_document_is_named_and_written_anew(tmp_path, capsys):
    assert main(["docs", "--to", str(tmp_path)]) == 0
    (tmp_path / "permissions.md").write_text("old")
    assert main(["docs", "--to", str(tmp_path), "--check"]) == 1
    assert capsys.readouterr().out.split()[-1] == "permissions.md"
    assert main(["docs", "--to", str(tmp_path)]) == 0
    assert documents.stale(tmp_path) == []
