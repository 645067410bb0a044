"""Links: every link that is not null answers 200 to the caller who was given it."""

from __future__ import annotations

from conformance.api import Api, succeed
from conformance.fixtures import Timeline
from conformance.story import promise


def test_links_lead_where_they_say(api: Api, timeline: Timeline) -> None:
    changeset = succeed(
        api("get-imodel-changeset-details", id=timeline.id, changeset=timeline.changesets[1]["id"])
    )
    version = succeed(
        api("get-imodel-named-version-details", id=timeline.id, namedVersionId=timeline.versions[1]["id"])
    )
    number = timeline.briefcases[0]["briefcaseId"]
    briefcase = succeed(api("get-imodel-briefcase-details", id=timeline.id, briefcaseId=number))
    with promise("links/resolve"):
        for entity in (timeline.imodel, changeset, version, briefcase):
            for name, link in entity["_links"].items():
                # A fresh iModel may have no checkpoint at all, and storage links are followed elsewhere.
                if link and name != "checkpoint" and "storageType" not in link:
                    assert api.follow(link["href"]).status == 200, link["href"]
