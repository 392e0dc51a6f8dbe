"""Make the answers of all fixtures again."""

from tests.stages import STAGES, pages, remade

for stage in STAGES:
    for page in pages(stage):
        page.write_text(remade(stage, page), encoding="utf-8")
