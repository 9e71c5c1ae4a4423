using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Settlement;
using Prism.Pipeline.Telemetry;
using Prism.Pipeline.Tokens;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// The second half of a request's way, which only those take that need a provider: be admitted by its limits, call it, and settle what the
/// answer took.
/// </summary>
internal sealed partial class UpstreamCaller(
    ProviderAdmission limits, TokenCounter tokens, ChatTelemetry telemetry, Billing billing, ILogger<UpstreamCaller> logger)
{
    /// <summary>Calls the provider for a whole answer, which always has an id, a model and a usage.</summary>
    public async Task<ChatOutcome> CompleteAsync(ChatCall asked, CancellationToken cancellationToken)
    {
        // :: Admit
        var (call, held, refused) = await limits.AdmitAsync(asked, cancellationToken);
        if (refused is not null)
        {
            return new() { Error = refused, Route = call.Route with { Attempts = 0 } };
        }

        using var reservation = held;

        // :: Call
        call.Account?.OnCalled();
        var result = await call.Provider.CompleteAsync(call.Request, cancellationToken);

        // :: Settle
        if (result.Error is { } error)
        {
            reservation.Settle(error);
            call = limits.WithStands(call);
            return new() { Error = OnFailed(call, error), Route = error.Provider is null ? call.Route with { Attempts = 0 } : call.Route };
        }

        var response = WithUsage(result.Response!, call);
        reservation.Settle(response.Usage!);
        call = limits.WithStands(call);
        telemetry.OnAnswered(call.Route, response.Usage!);
        return new() { Response = response with { Usage = billing.Bill(call, response.Usage!, PricedFeatures.TierOf(response.Extra)) }, Route = call.Route };
    }

    /// <summary>
    /// Calls the provider for a streamed answer: <see cref="ChatStreamEvent.Started"/> with its first piece, or only
    /// <see cref="ChatStreamEvent.Failed"/>, so that a failure before the first piece is still an error status.
    /// </summary>
    public async IAsyncEnumerable<ChatStreamEvent> StreamAsync(ChatCall asked, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // :: Admit
        var (call, reservation, refused) = await limits.AdmitAsync(asked, cancellationToken);
        if (refused is not null)
        {
            yield return refused;
            yield break;
        }

        using var answer = new StreamedAnswer(call, reservation, tokens, billing);

        // :: Call
        call.Account?.OnCalled();
        await foreach (var streamEvent in call.Provider.StreamAsync(call.Request, cancellationToken))
        {
            if (streamEvent.Failed is { } error)
            {
                answer.Fail(error);
                yield return OnFailed(call, error);
                yield break;
            }

            var isFirst = !answer.HasBegun;
            if (answer.Add(streamEvent.Chunk!) is not { } piece)
            {
                continue;
            }

            if (isFirst)
            {
                yield return new() { Started = call.Route };
            }

            yield return piece;
        }

        // :: Settle
        if (!answer.HasBegun)
        {
            yield return OnFailed(call, EmptyAnswer(call));
            yield break;
        }

        var usage = answer.Complete();
        telemetry.OnAnswered(call.Route, usage);
        yield return new() { Completed = billing.Bill(call, usage, answer.Tier) };
    }

    private ChatResponse WithUsage(ChatResponse response, ChatCall call) => response with
    {
        Id = response.Id ?? RandomId.OfAnswer(),
        Model = response.Model ?? call.Route.Model,
        Usage = response.Usage ?? ChatUsage.Of(
            tokens.CountAll(call.Route.Model, call.Request, call.Provider.Options.Type),
            response.Choices.Sum(choice => tokens.CountAnswer(call.Route.Model, choice.Message))),
    };

    // Returns the error as the caller is to see it.
    private ChatError OnFailed(ChatCall call, ChatError error)
    {
        // Without a provider it was refused on this side of the wire: the provider was not even asked. Where memory is full, the answer was cut
        // on this side too.
        if (error is { Provider: not null, Kind: not ChatErrorKind.Overloaded })
        {
            limits.OnFailed(call, error);
            telemetry.OnUpstreamFailed(call.Route, error);
            LogFailure(call.Route, error);
        }

        return limits.WithStands(call).Route.Limits is { } stands ? error with { Limits = stands } : error;
    }

    private static ChatError EmptyAnswer(ChatCall call) => new()
    {
        Kind = ChatErrorKind.UpstreamInvalidResponse,
        Message = $"Provider '{call.Route.Provider}' sent an empty answer.",
        Provider = call.Route.Provider,
    };

    private void LogFailure(ChatRoute route, ChatError error)
    {
        var (kind, failure) = (error.Kind.ToWord(), error.Failure);
        LogUpstreamFailed(
            route.Provider,
            route.Model,
            kind,
            error.UpstreamStatus?.ToString(CultureInfo.InvariantCulture) ?? "none",
            failure?.Address ?? "unknown",
            failure?.Key ?? "no key",
            failure?.RequestId ?? "none",
            failure?.UpstreamRequestId ?? "none",
            failure?.Message ?? "nothing");
    }

    [LoggerMessage(LogLevel.Warning,
        "Provider {Provider} failed a call for {Model}: {Kind}, status {Status}, at {Address} with {Key}, request {Request}, its own id {UpstreamRequestId}; it says: {Words}")]
    private partial void LogUpstreamFailed(
        string provider, string model, string kind, string status, string address, string key, string request, string upstreamRequestId, string words);
}
