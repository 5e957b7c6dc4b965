"""The words of Postgres's server log in its translations (src/backend/po of Postgres 15 and earlier)."""
# ruff: noqa: RUF001 - other alphabets

from __future__ import annotations

_TRANSLATED = {
    "ERROR": "FEHLER ERREUR ERRORE ERRO 오류 ОШИБКА FEL ПОМИЛКА 错误",
    "FATAL": "FATALE 치명적오류 ВАЖНО FATALT ФАТАЛЬНО 致命错误",
    "PANIC": "PANIK PANICO 손상 ПАНИКА ПАНІКА",
    "DETAIL": "DÉTAIL DETALLE DETTAGLI DETALHE 詳細 상세정보 ПОДРОБНОСТИ DETALJ ВІДОМОСТІ 详细信息",
    "HINT": "TIPP ASTUCE SUGGERIMENTO DICA ヒント 힌트 ПОДСКАЗКА TIPS УКАЗІВКА 提示",
    "QUERY": "ANFRAGE REQUÊTE CONSULTA 問い合わせ 쿼리 ЗАПРОС FRÅGA ЗАПИТ 查询",
    "CONTEXT": "ZUSAMMENHANG KONTEXT CONTEXTE CONTEXTO CONTESTO 文脈 내용 КОНТЕКСТ 上下文",
    "STATEMENT": "ANWEISUNG INSTRUCTION SENTENCIA ISTRUZIONE COMANDO 文 명령_구문 ОПЕРАТОР SATS ІНСТРУКЦІЯ 语句",
}
ENGLISH = {word.replace("_", " "): name for name, words in _TRANSLATED.items() for word in words.split()}
"""The English word of each translated one."""
