"""Names of classes that mean “no class”, like ENVI's Unclassified."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from .manifest import UNSURE_NAMES

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


def is_one_of_two(values: Iterable[str], named: Collection[str], given: Collection[str]) -> bool:
    """Whether values ``named`` like “no class” are a class nevertheless, because only one other class would be left.

    Args:
        values: all values of the labels.
        named: those of them whose names mean “no class”.
        given: those excluded by the user.
    """
    return bool(named) and len(set(values).difference(named, given)) == 1
