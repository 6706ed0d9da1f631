"""The dossier of a case (DI-10): gathered, sealed, drawn on paper, bundled, kept and verified."""
