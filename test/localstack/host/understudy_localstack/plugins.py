"""What LocalStack finds by its plug-in names (pyproject.toml)."""

import os

from localstack.runtime.hooks import on_infra_start
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class NodeExecutorPlugin(RuntimeExecutorPlugin):
    name = "node"

    def load(self, *args, **kwargs):
        from understudy_localstack.node_executor import NodeExecutor

        return NodeExecutor


@on_infra_start(name="dynamodb_elsewhere", should_load=lambda: "DYNAMODB_ELSEWHERE_PORT" in os.environ)
def use_dynamodb_elsewhere() -> None:
    """LocalStack's DynamoDB is a Java program that it downloads; a server that is there already will do."""
    from localstack import config
    from localstack.services.dynamodb.server import DynamodbServer

    config.DYNAMODB_LOCAL_PORT = int(os.environ["DYNAMODB_ELSEWHERE_PORT"])
    DynamodbServer.start_dynamodb = lambda self: True
    DynamodbServer.stop_dynamodb = lambda self: None
