"""Asks other people's libraries about our words. JSON on standard input; JSON on standard output: see main.rs."""

import json
import sys
import warnings

import jwt
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from vonage_jwt import JwtClient, verify_signature


# Our practice secrets are short; Vonage's are what they are.
warnings.filterwarnings("ignore", message=".*HMAC key.*")


def validator(document, pointer):
    registry = Registry().with_resource("urn:api", Resource(contents=document, specification=DRAFT4))
    return Draft4Validator({"$ref": "urn:api#" + pointer}, registry=registry)


def main():
    asked = json.load(sys.stdin)
    with open(asked["document"], encoding="utf-8") as file:
        document = json.load(file)
    problems = []
    for one in asked["bodies"]:
        found = [error.message for error in validator(document, one["schema"]).iter_errors(one["body"])]
        found = [message[:300] for message in found]
        if one["valid"] != (not found):
            problems.append(f"{one['name']}: {found or 'taken, and should not be'}: {json.dumps(one['body'])}")
    for one in asked["tokens"]:
        ours = jwt.decode(one["token"], one["public_key"], algorithms=["RS256"], options={"verify_exp": False})
        client = JwtClient(one["application_id"], one["private_key"])
        theirs = client.generate_application_jwt({"iat": ours["iat"], "jti": ours["jti"]}).decode()
        if jwt.decode(theirs, one["public_key"], algorithms=["RS256"], options={"verify_exp": False}) != ours:
            problems.append(f"claims {ours}")
        if jwt.get_unverified_header(theirs) != jwt.get_unverified_header(one["token"]):
            problems.append(f"header {jwt.get_unverified_header(one['token'])}")
    for one in asked["signed"]:
        if verify_signature(one["token"], one["secret"]) != one["valid"]:
            problems.append(f"signature, which should be {one['valid']}: {one['token']}")
    mint = asked["mint"]
    minted = JwtClient(mint["application_id"], mint["private_key"]).generate_application_jwt().decode()
    sign = asked["sign"]
    signed = jwt.encode(sign["claims"], sign["secret"], algorithm="HS256")
    json.dump({"problems": problems, "minted": minted, "signed": signed}, sys.stdout)


main()
