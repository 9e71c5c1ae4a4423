using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Settlement;
using Prism.Pipeline.Telemetry;
using Prism.Pipeline.Tokens;
using Prism.Providers;

namespace Prism.Pipeline.Attempts;

/// <summary>Makes one call of one provider: breaker, the provider's quota, send, first output.</summary>
internal sealed class ProviderCalls(
    CircuitBoard breakers, ProviderAdmission quotas, TokenCounter tokens, ChatTelemetry telemetry, Billing billing, ILogger<ProviderCalls> logger)
{
    /// <summary>Opens the provider's answer: whole, or at its first chunk, so that an earlier failure still becomes an error status.</summary>
    /// <returns>The answer, to be disposed, or the reason that there is none.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
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
            var upstream = await call.Provider.OpenAsync(call.Request, stream, cancellationToken);
            if (upstream.Error is { } error)
            {
                await upstream.DisposeAsync();
                return (null, settlement.Fail(error));
            }

            return stream ? await OpenStreamAsync(call, settlement, upstream) : (await OpenWholeAsync(call, settlement, upstream), null);
        }
        catch
        {
            settlement.Dispose();
            throw;
        }
    }

    private async ValueTask<ProviderCall> OpenWholeAsync(ChatCall call, CallSettlement settlement, ProviderAnswer upstream)
    {
        await upstream.NextAsync();
        if (!upstream.Raw.IsEmpty)
        {
            var billed = settlement.Complete(upstream.Skim.Usage, upstream.Skim.Tier);
            return new(settlement, quotas.WithLimits(call.Route), upstream, billed);
        }

        var response = upstream.Whole!;
        var usage = settlement.Complete(response.Usage ?? CountUsage(response, call), PricedFeatures.TierOf(response.Extra));
        var complete = response with { Id = response.Id ?? RandomId.OfAnswer(), Model = response.Model ?? call.Route.Model, Usage = usage };
        return new(settlement, quotas.WithLimits(call.Route), upstream, complete);
    }

    private async ValueTask<(ProviderCall? Answer, ChatError? Error)> OpenStreamAsync(ChatCall call, CallSettlement settlement, ProviderAnswer upstream)
    {
        var answer = new ProviderCall(settlement, call.Route, upstream, settlement.Watch(new StreamedOutput(call, tokens)));
        var hasBegun = false;
        try
        {
            if (await answer.BeginAsync() is { } error)
            {
                return (null, error);
            }

            hasBegun = true;
            settlement.OnFirstOutput();
            return (answer, null);
        }
        finally
        {
            if (!hasBegun)
            {
                await answer.DisposeAsync();
            }
        }
    }

    private ChatUsage CountUsage(ChatResponse response, ChatCall call) => ChatUsage.Of(
        tokens.CountAll(call.Route.Model, call.Request.Canonical, call.Provider.Options.Type),
        response.Choices.Sum(choice => tokens.CountAnswer(call.Route.Model, choice.Message)));
}
