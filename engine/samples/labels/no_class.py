"""Labels that mean “no class”: values given by the user, and classes named like ENVI's Unclassified."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...contract import UNSURE_NAMES
from .class_names import clean

# Whole names only, compared without case, blanks, accents and signs. “None”, “other” and “rest” are not among them:
# they name classes as often as not.
_NAMES = """
    unclassified; not classified; unlabelled; unlabeled; unassigned; no class; no label; no data; nodata value;
    no value; not available; background; unknown; undefined; undetermined; masked; masked pixels; fill; fill value;
    missing; missing data; void; null; nan; n/a
    unklassifiziert; nicht klassifiziert; keine Klasse; ohne Klasse; keine Daten; kein Wert; keine Angabe; Hintergrund;
    unbekannt; undefiniert
    non classé; non classée; non classifié; sans classe; sans données; pas de données; aucune donnée; arrière-plan;
    fond; inconnu; inconnue; indéfini; indéterminé
    sin clasificar; no clasificado; no clasificada; sin clase; sin datos; sin dato; fondo; desconocido; desconocida;
    indefinido
    non classificato; non classificata; nessuna classe; senza dati; nessun dato; sfondo; sconosciuto; sconosciuta;
    indefinito
    não classificado; não classificada; sem classe; sem dados; fundo; desconhecido; desconhecida
    ongeclassificeerd; niet geclassificeerd; geen klasse; geen gegevens; geen data; achtergrond; onbekend
    niesklasyfikowane; niesklasyfikowany; nieklasyfikowane; bez klasy; brak klasy; brak danych; tło; nieznane; nieznany
    oklassificerad; ingen klass; ingen data; bakgrund; okänd; uklassificeret; uklassifisert; baggrund; bakgrunn; ukendt;
    ukjent; luokittelematon; ei dataa; tausta; tuntematon
    neklasifikováno; bez dat; žádná data; pozadí; neznámé; neclasificat; fără date; fundal; necunoscut
    не классифицировано; нет данных; фон; неизвестно; sınıflandırılmamış; veri yok; arka plan; bilinmeyen
    未分类; 无数据; 背景; 未知; 未分類; データなし; 不明
"""


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("ł", "l").replace("ı", "i")
    return re.sub(r"[\W_]+", "", "".join(sign for sign in plain if not unicodedata.combining(sign)))


_KEYS = frozenset(_key(name) for name in re.split(r"[;\n]", _NAMES) if name.strip())


def means_no_class(name: str) -> bool:
    """Whether this name means “no class”."""
    return _key(name) in _KEYS or name in UNSURE_NAMES


@dataclass(frozen=True)
class NoClass:
    """The labels that mean “no class”.

    ``given`` are values or names, as entered by the user; None by default. Names with that meaning count
    in addition; with an empty ``given``, no name does.
    """

    given: tuple[str, ...] | None = None

    @property
    def by_name(self) -> bool:
        """Whether names that mean “no class” count."""
        return self.given != ()

    def numbers(self) -> tuple[float, ...]:
        """The given values that are numbers."""
        return tuple(number for number in map(_number, self.given or ()) if number is not None)

    def is_given(self, text: str, meaning: str = "") -> bool:
        """Whether a label's value (as text), or its legend entry, was given."""
        wanted = {clean(word) for word in self.given or ()}
        number = _number(text)
        same = number is not None and any(np.float32(number) == np.float32(other) for other in self.numbers())
        return same or text in wanted or (meaning != "" and meaning in wanted)

    def named(self, values: Mapping[str, str]) -> set[str]:
        """The values whose names mean “no class”."""
        return {value for value, name in values.items() if means_no_class(name)} if self.by_name else set()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
