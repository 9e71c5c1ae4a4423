using System.Globalization;
using Microsoft.Extensions.Logging;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline.Settlement;

/// <summary>
/// Ends one call of a provider, exactly once: its reservation, the bill, the metrics and the report to the breaker. The first of <see cref="Deny"/>,
/// <see cref="Complete"/>, <see cref="End"/>, <see cref="Fail"/> and <see cref="Dispose"/> counts; the others do nothing. Not thread-safe: it belongs
/// to the one reader of the answer.
/// </summary>
internal sealed partial class CallSettlement(
    CircuitPass pass, ProviderAdmission quotas, Billing billing, ChatTelemetry telemetry, ILogger logger) : IDisposable
{
    private ChatCall _call;
    private ProviderReservation _held;
    private StreamedOutput? _output;
    private bool _isSettled;

    /// <summary>The provider's quota has decided on the call.</summary>
    /// <param name="call">The call as it is sent.</param>
    /// <param name="held">Its reservation.</param>
    public void Admit(ChatCall call, ProviderReservation held) => (_call, _held) = (call, held);

    /// <summary>The call is streamed: if it ends early, the generated output is charged.</summary>
    public StreamedOutput Watch(StreamedOutput output) => _output = output;

    /// <summary>The provider has begun to answer.</summary>
    public void OnFirstOutput() => pass.OnFirstToken();

    /// <summary>The provider's quota does not admit the call.</summary>
    public ChatError Deny(ChatError denied)
    {
        _isSettled = true;
        pass.OnEnded(denied);
        return denied;
    }

    /// <summary>The answer is complete.</summary>
    /// <param name="usage">The usage of the answer.</param>
    /// <param name="tier">The service tier that the provider reports; null if it reports none.</param>
    /// <returns>The usage, with its cost.</returns>
    public ChatUsage Complete(ChatUsage usage, string? tier)
    {
        _isSettled = true;
        _held.Settle(usage);
        telemetry.OnAnswered(_call.Route, usage);
        pass.OnEnded(error: null);
        return billing.Bill(_call, usage, tier);
    }

    /// <summary>The stream has ended by itself.</summary>
    /// <returns>Its usage, or its failure if it had no output.</returns>
    public ChatStreamEvent End() => _output is { HasBegun: true } output
        ? new ChatStreamEvent { Completed = Complete(output.Usage, output.Tier) }
        : Fail(EmptyAnswer());

    /// <summary>The provider has failed the call.</summary>
    /// <returns>The error as the client gets it.</returns>
    public ChatError Fail(ChatError error)
    {
        _isSettled = true;
        if (!TryChargeOutput())
        {
            _held.Settle(error);
        }

        pass.OnEnded(error);
        OnFailed(error);
        return quotas.WithLimits(_call.Route).Limits is { } limits ? error with { Limits = limits } : error;
    }

    /// <summary>
    /// The client has disconnected, or an exception was thrown: charges the generated output, or the full reservation if the output is unknown.
    /// </summary>
    public void Dispose()
    {
        if (_isSettled)
        {
            return;
        }

        _isSettled = true;
        if (!TryChargeOutput())
        {
            _held.Dispose();
        }

        pass.Dispose();
    }

    private bool TryChargeOutput()
    {
        if (_output is not { HasBegun: true } output)
        {
            return false;
        }

        var usage = output.Usage;
        _held.Settle(usage);
        billing.Bill(_call, usage, output.Tier);
        return true;
    }

    private void OnFailed(ChatError error)
    {
        // An error without a provider is Prism's own: the provider was not called. If memory is full, Prism itself ended the answer.
        if (error is { Provider: not null, Kind: not ChatErrorKind.Overloaded })
        {
            quotas.OnFailed(_call, error);
            telemetry.OnUpstreamFailed(_call.Route, error);
            LogFailure(_call.Route, error);
        }
    }

    private ChatError EmptyAnswer() => new()
    {
        Kind = ChatErrorKind.UpstreamInvalidResponse,
        Message = $"Provider '{_call.Route.Provider}' sent an empty answer.",
        Provider = _call.Route.Provider,
    };

    private void LogFailure(AnswerInfo route, ChatError error)
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
        "Provider {Provider} failed a call for {Model}: {Kind}, status {Status}, at {Address} with {Key}, request {Request}, upstream id {UpstreamRequestId}; its message: {Words}")]
    private partial void LogUpstreamFailed(
        string provider, string model, string kind, string status, string address, string key, string request, string upstreamRequestId, string words);
}
