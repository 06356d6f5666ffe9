"""The module of python-amazon-sp-api, with buyerline behind it: every name here is one of `buyerline.sp_api`."""

from pathlib import Path

if (Path(__file__).parent / "__version__.py").exists():
    raise ImportError(
        "python-amazon-sp-api and buyerline-sp-api are installed over each other, both are the module sp_api. "
        "Uninstall both, then install the one you want: pip uninstall python-amazon-sp-api buyerline-sp-api"
    )
