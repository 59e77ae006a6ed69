"""Tags of DMS resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.answers import Answer, ResponseMixin

if TYPE_CHECKING:
    from local_aws.services.dms.backend import LocalDmsBackend


class Tags(ResponseMixin):
    """The calls about tags."""

    dms_backend: LocalDmsBackend

    def add_tags_to_resource(self) -> Answer:
        """AddTagsToResource."""
        parameters = self.parameters()
        resource = self.dms_backend.resource(parameters["ResourceArn"])
        self.dms_backend.tag(resource.arn, parameters["Tags"])
        return Answer()

    def remove_tags_from_resource(self) -> Answer:
        """RemoveTagsFromResource."""
        parameters = self.parameters()
        resource = self.dms_backend.resource(parameters["ResourceArn"])
        self.dms_backend.tagger.untag_resource_using_names(resource.arn, parameters["TagKeys"])
        return Answer()

    def list_tags_for_resource(self) -> Answer:
        """ListTagsForResource, of one resource or of several."""
        parameters = self.parameters()
        arns = parameters.get("ResourceArnList") or [parameters["ResourceArn"]]
        return Answer(
            {
                "TagList": [
                    {"Key": key, "Value": value, "ResourceArn": arn}
                    for arn in (self.dms_backend.resource(given).arn for given in arns)
                    for key, value in self.dms_backend.tagger.get_tag_dict_for_resource(arn).items()
                ]
            }
        )
