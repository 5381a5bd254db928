"""The municipal counter (らくらく窓口): numbers, what clerks do with them, fees and receipts, and what an office keeps.

The identity promise is not made here: what is issued at a counter is issued by `issuance` and sealed to the visit like
anywhere else (INV-8). Rooms outside call `acts`, `views`, `feed`, `totals`, `seal_lookup` and `keeping`; who may do so is
decided where staff sign in. Knows no page, no printer and no name of a resident in clear.
"""
