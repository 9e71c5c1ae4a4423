using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Routing;
using Prism.Templates;
using Prism.Tokens;

namespace Prism.Chat;

/// <summary>
/// The way of a request, from a parsed call to an accounted answer. It runs in the process that owns the client's connection; grains are
/// asked for decisions, the answer itself never passes through one.
/// </summary>
internal sealed partial class ChatService(
    IPromptTemplates templates, ChatRouter router, TokenCounter tokens, ChatTelemetry telemetry, ILogger<ChatService> logger) : IChatService
{
    public async Task<ChatOutcome> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        // :: Steps 1 and 2: prompt and route
        var (call, refused) = await PrepareAsync(request, cancellationToken);
        if (refused is not null)
        {
            return new() { Error = refused };
        }

        using var observation = telemetry.Begin(call, cancellationToken);

        // :: Step 3: call upstream
        var result = await call.Provider.CompleteAsync(call.Request, cancellationToken);

        // :: Step 4: settle
        if (result.Error is { } error)
        {
            OnFailed(observation, call, error);
            return new() { Error = error, Route = call.Route };
        }

        var response = WithUsage(result.Response!, call);
        observation.OnCompleted(response.Usage!);
        return new() { Response = response, Route = call.Route };
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

        using var observation = telemetry.Begin(call, cancellationToken);
        var answer = new StreamedAnswer(call, tokens);

        // :: Step 3: call upstream. Nothing is handed out before the first piece is here: until then a failure is still an error status.
        await foreach (var streamEvent in call.Provider.StreamAsync(call.Request, cancellationToken))
        {
            if (streamEvent.Failed is { } error)
            {
                OnFailed(observation, call, error);
                yield return error;
                yield break;
            }

            var isFirst = !answer.HasBegun;
            if (answer.Add(streamEvent.Chunk!) is not { } piece)
            {
                continue;
            }

            observation.IsWithCaller = true;
            if (isFirst)
            {
                observation.OnFirstToken();
                yield return new() { Started = call.Route };
            }

            yield return piece;
            observation.IsWithCaller = false;
        }

        // :: Step 4: settle
        if (!answer.HasBegun)
        {
            var error = EmptyAnswer(call);
            OnFailed(observation, call, error);
            yield return error;
            yield break;
        }

        var usage = answer.GetUsage();
        observation.OnCompleted(usage);
        yield return new() { Completed = usage };
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

        var rendered = await templates.RenderAsync(request.Template, request.Variables, cancellationToken);
        return rendered.Error is { } error
            ? (request, error)
            : (request with { Template = null, Variables = null, Messages = request.Messages.Insert(0, rendered.Message!) }, null);
    }

    private ChatResponse WithUsage(ChatResponse response, ChatCall call) => response with
    {
        Id = response.Id ?? ChatCall.NewAnswerId(),
        Model = response.Model ?? call.Route.Model,
        Usage = response.Usage ?? ChatUsage.Of(
            tokens.CountPrompt(call.Route.Model, call.Request),
            response.Choices.Sum(choice => tokens.CountAnswer(call.Route.Model, choice.Message))),
    };

    private void OnFailed(ChatObservation observation, ChatCall call, ChatError error)
    {
        observation.OnFailed(error);
        if (error.Provider is null)
        {
            // Refused on this side of the wire: the provider was not even asked.
            return;
        }

        LogUpstreamFailed(call.Route.Provider, call.Route.Model, error.Kind);
    }

    private static ChatError EmptyAnswer(ChatCall call) => new()
    {
        Kind = ChatErrorKind.UpstreamInvalidResponse,
        Message = $"Provider '{call.Route.Provider}' sent an empty answer.",
        Provider = call.Route.Provider,
    };

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} failed a call for {Model}: {Kind}")]
    private partial void LogUpstreamFailed(string provider, string model, ChatErrorKind kind);
}
