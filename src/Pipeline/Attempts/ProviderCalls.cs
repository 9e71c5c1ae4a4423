using Microsoft.Extensions.Logging;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Settlement;
using Prism.Pipeline.Telemetry;
using Prism.Pipeline.Tokens;

namespace Prism.Pipeline.Attempts;

/// <summary>Makes one call of one provider: breaker, the provider's quota, send, first output.</summary>
internal sealed class ProviderCalls(
    CircuitBoard breakers, ProviderAdmission quotas, TokenCounter tokens, ChatTelemetry telemetry, Billing billing, ILogger<ProviderCalls> logger)
{
    /// <summary>Opens the provider's answer: whole, or at its first chunk, so that a failure before that is still an error status.</summary>
    /// <returns>The answer, to be disposed, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public async ValueTask<(ProviderCall? Answer, ChatError? Error)> OpenAsync(ChatCall asked, bool stream, CancellationToken cancellationToken)
    {
        // :: Breaker
        var (pass, refused) = await breakers.EnterAsync(asked.Route.Provider);
        if (pass is null)
        {
            return (null, refused);
        }

        var settlement = new CallSettlement(pass, quotas, billing, telemetry, logger);
        try
        {
            // :: The provider's quota
            var (call, held, denied) = await quotas.AdmitAsync(asked, cancellationToken);
            settlement.Admit(call, held);
            if (denied is not null)
            {
                return (null, settlement.Deny(denied));
            }

            // :: Send, and wait for the first output
            call.Reservation?.OnCalled();
            return stream ? await OpenStreamAsync(call, settlement, cancellationToken) : await OpenWholeAsync(call, settlement, cancellationToken);
        }
        catch
        {
            settlement.Dispose();
            throw;
        }
    }

    private async ValueTask<(ProviderCall? Answer, ChatError? Error)> OpenWholeAsync(
        ChatCall call, CallSettlement settlement, CancellationToken cancellationToken)
    {
        var result = await call.Provider.CompleteAsync(call.Request, cancellationToken);
        if (result.Error is { } error)
        {
            return (null, settlement.Fail(error));
        }

        var response = WithUsage(result.Response!, call);
        var usage = settlement.Complete(response.Usage!, PricedFeatures.TierOf(response.Extra));
        return (new(settlement, quotas.WithLimits(call).Route, response with { Usage = usage }), null);
    }

    private async ValueTask<(ProviderCall? Answer, ChatError? Error)> OpenStreamAsync(
        ChatCall call, CallSettlement settlement, CancellationToken cancellationToken)
    {
        var events = call.Provider.StreamAsync(call.Request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var answer = new ProviderCall(settlement, call.Route, events, settlement.Watch(new StreamedOutput(call, tokens)));
        var error = default(ChatError);
        try
        {
            error = await answer.BeginAsync();
            return error is null ? (answer, null) : (null, error);
        }
        finally
        {
            if (!answer.HasBegun)
            {
                await answer.DisposeAsync();
            }
        }
    }

    private ChatResponse WithUsage(ChatResponse response, ChatCall call) => response with
    {
        Id = response.Id ?? RandomId.OfAnswer(),
        Model = response.Model ?? call.Route.Model,
        Usage = response.Usage ?? ChatUsage.Of(
            tokens.CountAll(call.Route.Model, call.Request, call.Provider.Options.Type),
            response.Choices.Sum(choice => tokens.CountAnswer(call.Route.Model, choice.Message))),
    };
}
