using System.Runtime.CompilerServices;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Caching;
using Prism.Pipeline.Routing;
using Prism.Pipeline.Settlement;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline;

/// <summary>
/// The path of a call, from a parsed request to a settled answer. It runs in the process that owns the client's connection: grains make decisions,
/// but the answer itself never passes through one.
/// </summary>
internal sealed class CallPipeline(
    ISnapshotSource snapshots, IPromptTemplates templates, ChatRouter router, KeyAdmission admission, ResponseCache cache, ChatTelemetry telemetry)
    : ICallPipeline
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> OpenAsync(CallRequest request, bool stream, CancellationToken client)
    {
        // The call uses this configuration to its end, whatever is published meanwhile.
        var snapshot = snapshots.Current;

        // :: Step 1: prepare
        var (prompt, invalid) = request.Template is null ? Prepare(request) : await RenderAsync(request, client);

        // :: Step 2: route
        var call = default(ChatCall);
        if (invalid is null)
        {
            (call, invalid) = router.Route(prompt, snapshot);
        }

        if (invalid is not null)
        {
            telemetry.OnRefused(invalid);
            return Answer.Failed(invalid);
        }

        // From here on, every outcome ends in one settlement.
        var settlement = new RequestSettlement(telemetry.Begin(call.Route, client));
        try
        {
            // :: Step 3: admit the owner
            (call, var denied) = await admission.AdmitAsync(call, client);
            if (denied is not null)
            {
                return settlement.Deny(denied, call.Route);
            }

            // :: Step 4: open the answer: stored, shared, or from the provider. Steps 5 and 6, relay and settle, are its frames.
            settlement.Admit(call.Reservation);
            return await settlement.OpenAsync(await cache.OpenAsync(call, stream, client));
        }
        catch
        {
            settlement.Dispose();
            throw;
        }
    }

    private static (CallRequest Prompt, ChatError? Invalid) Prepare(CallRequest request) =>
        // A skim accepts only valid requests.
        (request, request.Raw is null ? FindFault(request.Canonical) : null);

    private static ChatError? FindFault(ChatRequest request) => request is { Template: null, Variables: not null }
        ? ChatError.Invalid("'variables' needs a 'template'.", "variables")
        : ChatRequestValidator.Validate(request);

    private async ValueTask<(CallRequest Prompt, ChatError? Invalid)> RenderAsync(CallRequest request, CancellationToken client)
    {
        var asked = request.Canonical;
        // Before the rendered message moves the others: the error has the client's path.
        if (ChatNames.FindLookalike(asked) is { } unknown)
        {
            return (request, unknown);
        }

        var rendered = await templates.RenderAsync(Owners.Of(request.Owner), asked.Template!, asked.Variables, client);
        if (rendered.Error is { } error)
        {
            return (request, error);
        }

        var prompt = asked with { Template = null, Variables = null, Messages = asked.Messages.Insert(0, rendered.Message!) };
        return (request.With(prompt), ChatRequestValidator.ValidateValues(prompt));
    }
}
