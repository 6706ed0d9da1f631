"""`amends import orders`: what it prints, what it writes, and its exit status; and a process killed in the middle of an import."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from amends.cli import main
from amends.engine.importing import uploads
from amends.store.connect import PLATFORM, Pool, scope
from tests.engine.importer import NOW, merchant, orders, rows

HEAD = "number,state,buyer_id,placed_at,line_sku,line_title,line_paid\n"


def lines(count: int) -> str:
    return HEAD + "".join(f"A{i:05d},shipped,lin,2026-03-01,CUP,杯子,{i % 90}.50\n" for i in range(count))


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("AMENDS_HOME", str(tmp_path))


def test_from_the_command_line(pool: Pool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = merchant(pool)
    file, errors = tmp_path / "a.csv", tmp_path / "refused.csv"
    file.write_text(lines(30) + "B,shipped,lin,gestern,CUP,杯子,1\n", "utf-8")
    given = ["import", "orders", str(file), "--merchant", shop, "--errors", str(errors)]
    assert main([*given, "--dry-run"]) == 1
    assert orders(pool, shop) == []
    assert main(given) == 1
    out = capsys.readouterr().out
    assert "新增 new 30, 更新 changed 0, 未变 unchanged 0, 未导入 refused 1" in out
    assert len(orders(pool, shop)) == 30
    with errors.open(encoding="utf-8-sig", newline="") as written:
        table = list(csv.DictReader(written))
    assert [(r["line"], r["field"], r["code"], r["row"]) for r in table] == [("32", "placed_at", "date_unreadable", "B,shipped,lin,gestern,CUP,杯子,1")]
    file.write_text(lines(30), "utf-8")
    assert main(given) == 0
    assert "未变 unchanged 30" in capsys.readouterr().out


@pytest.mark.parametrize(("given", "said"), [
    (["--merchant", "没有这家"], "找不到商家"), ([], "请选择商家"), (["--merchant", "SHOP", "--mapping", "nothing"], "没有“nothing”这个对应表"),
    (["--merchant", "SHOP", "--mapping", "tmall"], "没有“订单编号”列"), (["--mapping", "olist"], "文件对不上"),
])
def test_what_cannot_begin_says_why_and_writes_nothing(pool: Pool, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], said: str) -> None:
    shop = merchant(pool)
    file = tmp_path / "a.csv"
    file.write_text(lines(3), "utf-8")
    assert main(["import", "orders", str(file), *[shop if x == "SHOP" else x for x in given]]) == 2
    assert said in capsys.readouterr().out
    assert rows(pool, shop, "select count(*) from imports where merchant_id = {m}") == [(0,)]


def test_a_worker_killed_with_signal_9_leaves_an_import_that_another_ends(pool: Pool, tmp_path: Path) -> None:
    shop = merchant(pool)
    count = 60_000
    made = uploads.upload(pool, shop, [("a.csv", lines(count).encode())], None, NOW)
    assert isinstance(made, str)
    assert uploads.send(pool, shop, made, {"name": "amends"}, dry_run=False) == []
    program = "from amends.engine.house import open_house; from amends.worker.imports import run_waiting_imports; run_waiting_imports(open_house())"
    worker = subprocess.Popen([sys.executable, "-c", program], env=dict(os.environ))
    until = time.monotonic() + 120
    done = 0
    while not done and time.monotonic() < until:
        done = rows(pool, shop, "select orders_done from imports where merchant_id = {m}")[0][0]
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    state, done = rows(pool, shop, "select state, orders_done from imports where merchant_id = {m}")[0]
    assert state == "running", "the worker was quicker than the kill"
    assert 0 < done < count
    assert uploads.run_waiting(pool, NOW) == 0, "its claim still holds"
    with scope(pool, PLATFORM) as conn:
        conn.execute("update imports set claimed_until = now() - interval '1 second' where id = %s", (made,))
    assert uploads.run_waiting(pool, NOW) == 1
    assert rows(pool, shop, "select state, rows_read, rows_new, rows_changed, rows_unchanged, rows_refused from imports where merchant_id = {m}") == [
        ("done", count, count, 0, 0, 0)]
    total = sum(i % 90 * 100 + 50 for i in range(count))
    assert rows(pool, shop, "select count(*), count(distinct number), sum(paid_minor) from orders where merchant_id = {m}") == [(count, count, total)]
    assert rows(pool, shop, "select count(*), sum(paid_minor) from order_lines where merchant_id = {m}") == [(count, total)]
    assert rows(pool, shop, "select count(*), sum(amount_minor) from payments where merchant_id = {m}") == [(count, total)]
