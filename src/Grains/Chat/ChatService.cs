using System.Runtime.CompilerServices;
using Prism.Cache;
using Prism.Routing;
using Prism.Templates;

namespace Prism.Chat;

/// <summary>
/// The way of a request, from a parsed call to an accounted answer. It runs in the process that owns the client's connection; grains are
/// asked for decisions, the answer itself never passes through one.
/// </summary>
internal sealed class ChatService(IPromptTemplates templates, ChatRouter router, CachedCaller answers, ChatTelemetry telemetry) : IChatService
{
    public async Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        // :: Steps 1 and 2: prompt and route
        var (call, refused) = await PrepareAsync(request, cancellationToken);
        if (refused is not null)
        {
            return new() { Error = refused };
        }

        using var observation = telemetry.Begin(call.Route, cancellationToken);

        // :: Steps 3 to 6: cache, and where it has no answer, admit, call upstream and settle
        var outcome = await answers.CompleteAsync(call, cancellationToken);
        observation.OnEnded(outcome.Route, outcome.Error);
        return outcome;
    }

    public async IAsyncEnumerable<ChatStreamEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // :: Steps 1 and 2: prompt and route
        var (call, refused) = await PrepareAsync(request, cancellationToken);
        if (refused is not null)
        {
            yield return refused;
            yield break;
        }

        using var observation = telemetry.Begin(call.Route, cancellationToken);

        // :: Steps 3 to 6: cache, and where it has no answer, admit, call upstream and settle
        await foreach (var streamEvent in answers.StreamAsync(call, cancellationToken))
        {
            observation.OnEvent(streamEvent);
            observation.IsWithCaller = true;
            yield return streamEvent;
            observation.IsWithCaller = false;
        }
    }

    private async ValueTask<(ChatCall Call, ChatError? Refused)> PrepareAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        var (prompt, refused) = await RenderAsync(request, cancellationToken);
        refused ??= ChatRequestValidator.Validate(prompt);
        var route = refused is null ? router.Route(prompt) : default;
        refused ??= route.Error;
        if (refused is not null)
        {
            telemetry.OnRefused(refused);
            return (default, refused);
        }

        return (route.Call, null);
    }

    private async ValueTask<(ChatRequest Prompt, ChatError? Error)> RenderAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        if (request.Template is null)
        {
            return (request, request.Variables is null ? null : ChatError.Invalid("'variables' needs a 'template'.", "variables"));
        }

        var rendered = await templates.RenderAsync(
            request.Owner ?? Owners.Global, request.Template, request.Variables, cancellationToken);
        return rendered.Error is { } error
            ? (request, error)
            : (request with { Template = null, Variables = null, Messages = request.Messages.Insert(0, rendered.Message!) }, null);
    }
}
