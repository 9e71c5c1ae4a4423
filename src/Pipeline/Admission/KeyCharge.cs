using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Keys;
using Prism.Grains.Quotas;
using Prism.Pipeline.Costs;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The most that a call can take of a key's limits, whichever of its targets answers.</summary>
internal sealed class KeyCharge(TokenBound bounds)
{
    // Of a budget, what a reservation may have too much: it comes back when the answer is there.
    private const int Negligible = 1_000;

    /// <summary>Bounds a call.</summary>
    /// <returns>
    /// The call as it is to be made: with one output cap, and without the fallbacks whose tokens or price are not known, or are more than a limit.
    /// With what it takes, or why it cannot be bounded.
    /// </returns>
    public (ChatCall Call, Charge Charge, ChatError? Refused) Of(ChatCall call, LimitSet limits)
    {
        if (!limits.CountsTokens && limits.MicroUsdPerMonth is null)
        {
            return (call, default, null);
        }

        call = call with { Request = OutputCaps.In(call.Request, call.Provider.Options) };
        var (charge, refused) = Of(call.Provider, call.Request, limits, call.Snapshot.Prices);
        if (refused is not null || call.Plan.Fallbacks.IsEmpty)
        {
            return (call, charge, refused);
        }

        var fallbacks = ImmutableArray.CreateBuilder<ChatTarget>(call.Plan.Fallbacks.Length);
        foreach (var fallback in call.Plan.Fallbacks)
        {
            var (more, unknown) = Of(fallback.Provider, call.Request.At(fallback.Model), limits, call.Snapshot.Prices);
            if (unknown is null && more.Tokens <= limits.ScarcestTokens && !(more.MicroUsd > limits.MicroUsdPerMonth))
            {
                fallbacks.Add(fallback);
                charge = new(Math.Max(charge.Tokens, more.Tokens), Math.Max(charge.MicroUsd, more.MicroUsd));
            }
        }

        return (call with { Plan = call.Plan with { Fallbacks = fallbacks.DrainToImmutable() } }, charge, null);
    }

    private (Charge Charge, ChatError? Refused) Of(IChatProvider provider, CallRequest request, LimitSet limits, PriceTable prices)
    {
        if (ExtraParameters.Of(request, provider.Options.Type).Refused is { } unbounded)
        {
            return (default, unbounded);
        }

        if (limits.MicroUsdPerMonth is null)
        {
            return (new(bounds.Of(provider, request, limits.ScarcestTokens).Total), null);
        }

        var options = provider.Options;
        if (prices.Find(options.Name, request.Model!) is not { } price)
        {
            return (default, ApiKeyErrors.Unpriced(options.Name, request.Model!));
        }

        // On the operator's own machines nothing has a price.
        var features = ReferenceEquals(price, ModelPrice.Free) ? default : request.IsPlain ? default : PricedFeatures.Of(request.Canonical);
        if (features.FindUnpriced(price) is { } field)
        {
            return (default, ApiKeyErrors.Unbounded(field, options.Name, request.Model!));
        }

        // What it may cost is bounded as closely as can be where that matters to the budget.
        var tokens = bounds.Of(provider, request, limits.ScarcestTokens);
        var most = MicroUsd.Of(price.BoundOf(tokens.Prompt, tokens.Output, features));
        if (most > limits.MicroUsdPerMonth / Negligible)
        {
            tokens = bounds.Of(provider, request, scarcest: 0);
            most = MicroUsd.Of(price.BoundOf(tokens.Prompt, tokens.Output, features));
        }

        return (new(tokens.Total, most), null);
    }
}
