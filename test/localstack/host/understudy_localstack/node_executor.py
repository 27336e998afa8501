"""Runs a Lambda function in a Node process of its own: LocalStack's only executor needs Docker."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import (
    LambdaRuntimeException,
    RuntimeExecutor,
)

BOOTSTRAP = Path(__file__).with_name("bootstrap.cjs")
STARTUP_SECONDS = 20
HOST = "127.0.0.1"


class NodeExecutor(RuntimeExecutor):
    """One execution environment: one process, one invocation at a time."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self.process: subprocess.Popen | None = None
        self.answers: queue.Queue = queue.Queue()
        self.printed: list[str] = []

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """LocalStack removes the unzipped code itself."""

    @classmethod
    def validate_environment(cls) -> bool:
        return shutil.which("node") is not None

    def start(self, env_vars: dict[str, str]) -> None:
        code = self.function_version.config.code.get_unzipped_code_location()
        read_end, write_end = os.pipe()
        environment = {
            **{name: str(value) for name, value in env_vars.items()},
            "LAMBDA_TASK_ROOT": str(code),
            "PATH": os.environ["PATH"],
        }
        # Descriptor 3 is where the bootstrap writes its answers.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec node "$0" 3>&{write_end}', str(BOOTSTRAP)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=code,
            pass_fds=[write_end],
            text=True,
        )
        os.close(write_end)
        self._follow(os.fdopen(read_end), self.answers.put, self._ended)
        self._follow(self.process.stdout, self.printed.append)
        try:
            started = self.answers.get(timeout=STARTUP_SECONDS)
        except queue.Empty:
            started = None
        if started is None:
            self.stop()
            raise LambdaRuntimeException(f"The function did not start. {self.get_logs()}")

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        id = payload["invoke-id"]
        first_line = len(self.printed)
        request = {"id": id, "arn": payload["invoked-function-arn"], "payload": payload["payload"]}
        timeout = self.function_version.config.timeout
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.answers.get(timeout=timeout)
        except OSError:
            line = None
        except queue.Empty:
            self.stop()
            return self._error(
                id, "Sandbox.Timedout", f"RequestId: {id} Error: Task timed out after {timeout:.2f} seconds", first_line
            )
        if line is None:
            return self._error(
                id, "Runtime.ExitError", f"RequestId: {id} Error: Runtime exited", first_line
            )
        answer = json.loads(line)
        return InvocationResult(
            id,
            answer["payload"].encode(),
            is_error=answer.get("failed", False),
            logs="".join(self.printed[first_line:]),
        )

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def get_logs(self) -> str:
        return "".join(self.printed)

    def get_address(self) -> str:
        return HOST

    def get_endpoint_from_executor(self) -> str:
        return HOST

    def get_runtime_endpoint(self) -> str:
        return f"http://{HOST}:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def _error(self, id: str, type: str, message: str, first_line: int) -> InvocationResult:
        payload = json.dumps({"errorType": type, "errorMessage": message})
        return InvocationResult(id, payload.encode(), is_error=True, logs="".join(self.printed[first_line:]))

    def _ended(self) -> None:
        self.answers.put(None)

    @staticmethod
    def _follow(stream, take, at_end=lambda: None) -> None:
        def read() -> None:
            for line in stream:
                take(line)
            at_end()

        threading.Thread(target=read, daemon=True).start()
