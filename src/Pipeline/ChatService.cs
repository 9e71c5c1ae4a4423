using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Caching;
using Prism.Pipeline.Routing;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline;

/// <summary>
/// The way of a request, from a parsed call to an accounted answer. It runs in the process that owns the client's connection; grains are
/// asked for decisions, the answer itself never passes through one.
/// </summary>
internal sealed class ChatService(
    IPromptTemplates templates, ChatRouter router, CallerAdmission callers, CachedCaller answers, ChatTelemetry telemetry) : IChatService
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

        // :: Step 3: admit the caller
        (call, var denied) = await callers.AdmitAsync(call, cancellationToken);
        using var spending = call.Account?.Open();

        // :: Steps 4 to 7: cache, and where it has no answer, admit, call upstream and settle
        var outcome = denied is null ? await answers.CompleteAsync(call, cancellationToken) : Denied(call, denied);
        observation.OnEnded(outcome.Route, outcome.Error);
        return call.Account is { } account ? account.End(outcome, spending!) : outcome;
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

        // :: Step 3: admit the caller
        (call, var denied) = await callers.AdmitAsync(call, cancellationToken);
        if (denied is not null)
        {
            observation.OnEvent(denied);
            yield return denied;
            yield break;
        }

        using var spending = call.Account?.Open();

        // :: Steps 4 to 7: cache, and where it has no answer, admit, call upstream and settle
        await foreach (var streamEvent in answers.StreamAsync(call, cancellationToken))
        {
            observation.OnEvent(streamEvent);
            var marked = call.Account?.Mark(streamEvent) ?? streamEvent;
            if (streamEvent is { Completed: not null } or { Failed: not null })
            {
                // Before the caller knows: its next request is to find the permit free, and an error says how the limits stand after it.
                spending?.Dispose();
                marked = call.Account?.Mark(streamEvent) ?? streamEvent;
            }

            observation.IsWithCaller = true;
            yield return marked;
            observation.IsWithCaller = false;
        }
    }

    private static ChatOutcome Denied(ChatCall call, ChatError denied) =>
        new() { Error = denied, Route = call.Route with { Attempts = 0, Limits = denied.Limits } };

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
            Owners.Of(request.Owner), request.Template, request.Variables, cancellationToken);
        return rendered.Error is { } error
            ? (request, error)
            : (request with { Template = null, Variables = null, Messages = request.Messages.Insert(0, rendered.Message!) }, null);
    }
}
