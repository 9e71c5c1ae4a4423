using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Routing;

/// <inheritdoc />
internal sealed class RequestCheck(ChatRouter router, ISnapshotSource snapshots) : IRequestCheck
{
    public ChatError? Check(ChatRequest request) =>
        ChatRequestValidator.Validate(request) ?? router.Route(CallRequest.Of(request), snapshots.Current).Error;
}
