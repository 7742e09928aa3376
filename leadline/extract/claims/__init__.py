"""Claims: which statements about the subject a text makes, and on whose word.

words -> segments -> events -> realis, chain, medium, verification, fields -> Claim records
"""
