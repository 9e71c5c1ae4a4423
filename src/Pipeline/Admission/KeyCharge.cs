using System.Collections.Immutable;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Keys;
using Prism.Grains.Quotas;
using Prism.Pipeline.Costs;
using Prism.Providers;

namespace Prism.Pipeline.Admission;

/// <summary>The most that a call can use of a key's limits, whichever of its targets answers.</summary>
internal sealed class KeyCharge(TokenBound bounds)
{
    // The part of a budget by which a reservation may be too large: the settlement returns it.
    private const int Negligible = 1_000;

    /// <summary>Bounds a call.</summary>
    /// <returns>
    /// The call to make, with one output cap, and without the fallbacks whose tokens or price are unknown or exceed a limit; and its charge, or the
    /// reason that it cannot be bounded.
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
        var extra = ExtraParameters.Of(request, provider.Options.Type);
        if (extra.Refused is { } unbounded)
        {
            return (default, unbounded);
        }

        if (limits.MicroUsdPerMonth is null)
        {
            return (new(bounds.Of(provider, request, extra, limits.ScarcestTokens).Total), null);
        }

        var options = provider.Options;
        if (prices.Find(options.Name, request.Model!) is not { } price)
        {
            return (default, ApiKeyErrors.Unpriced(options.Name, request.Model!));
        }

        // Nothing has a price on the operator's own machines.
        var features = ReferenceEquals(price, ModelPrice.Free) ? default : request.IsPlain ? default : PricedFeatures.Of(request.Canonical);
        if (features.FindUnpriced(price) is { } field)
        {
            return (default, ApiKeyErrors.Unbounded(field, options.Name, request.Model!));
        }

        // The cost is bounded as closely as possible if that matters to the budget.
        var tokens = bounds.Of(provider, request, extra, limits.ScarcestTokens);
        var most = price.BoundOf(tokens.Prompt, tokens.Output, features);
        if (most > limits.MicroUsdPerMonth / Negligible)
        {
            tokens = bounds.Of(provider, request, extra, scarcest: 0);
            most = price.BoundOf(tokens.Prompt, tokens.Output, features);
        }

        return (new(tokens.Total, most), null);
    }
}
