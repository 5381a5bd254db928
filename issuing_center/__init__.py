"""The issuing center (証明書交付センター): it decides, draws, seals and keeps the ledger."""
