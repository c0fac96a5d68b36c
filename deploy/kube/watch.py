"""Prints what happens to the pods of a namespace, with the time at which the API server said so: watch.py SERVER CA TOKEN NAMESPACE"""

import json
import ssl
import sys
import time
import urllib.request

server, ca, token, namespace = sys.argv[1:]
request = urllib.request.Request(
    f"{server}/api/v1/namespaces/{namespace}/pods?watch=1", headers={"Authorization": f"Bearer {token}"}
)
with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=ca)) as answer:
    print(f"{time.time():.3f} BEGUN - -", flush=True)
    for line in answer:
        event = json.loads(line)
        pod = event["object"]
        print(f"{time.time():.3f} {event['type']} {pod['metadata']['name']} {pod['status']['phase']}", flush=True)
