"""The page that describes the API, made from its OpenAPI document."""

from typing import Any

from litestar import Request, get
from litestar.response import Response

from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.documented import PATH
from buyerline.app.web.api.reference import reference
from buyerline.app.web.rendering import page


@get("/api/docs", sync_to_thread=True)
def docs(request: Request[Any, Any, Any], services: Services, viewer: Viewer) -> Response[bytes]:  # noqa: ARG001 - a viewer has to be there
    """Everything that can be asked for, with examples."""
    told = reference(request.app.openapi_schema.to_schema(), services.url)
    return page(request, "api_docs.html", reference=told, document=PATH, base=f"{services.url}/api/v1")


ROUTES = [docs]
