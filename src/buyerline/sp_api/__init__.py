"""A drop-in for python-amazon-sp-api: its names, arguments and answers, on buyerline's connections and rules.

Code written for that library moves over by changing ``sp_api`` to ``buyerline.sp_api`` in its imports, for Messaging,
Upload, Orders, Solicitations, Sellers and Tokens. ``docs/migrating.md`` says what changes.

    base      Client, Marketplaces, ApiResponse, exceptions, credential providers
    api       the clients
    auth      AuthorizationError
    util      retry decorators, load_all_pages
    asyncio   the same clients, awaited
    flows     every method, described once for both
"""
