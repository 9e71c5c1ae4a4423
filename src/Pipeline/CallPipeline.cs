using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Caching;
using Prism.Pipeline.Routing;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline;

/// <summary>
/// The way of a call, from a parsed request to a settled answer. It runs in the process that owns the client's connection: grains are asked for
/// decisions, the answer itself never passes through one.
/// </summary>
internal sealed class CallPipeline(
    IPromptTemplates templates, ChatRouter router, KeyAdmission admission, ResponseCache cache, ChatTelemetry telemetry) : ICallPipeline
{
    public async ValueTask<Answer> OpenAsync(ChatRequest request, bool stream, CancellationToken client)
    {
        // :: Steps 1 and 2: prepare and route
        var (call, invalid) = await PrepareAsync(request, client);
        if (invalid is not null)
        {
            telemetry.OnRefused(invalid);
            return Answer.Failed(invalid);
        }

        // From here on whatever happens ends in one settlement.
        var answer = new SettledAnswer(telemetry.Begin(call.Route, client));
        try
        {
            // :: Step 3: admit the owner
            (call, var denied) = await admission.AdmitAsync(call, client);
            if (denied is not null)
            {
                return await answer.DenyAsync(denied, call.Route);
            }

            // :: Step 4: open the answer: stored, shared, or from the provider. Steps 5 and 6, relay and settle, are its frames.
            answer.Admit(call.Reservation);
            return await answer.OpenAsync(await cache.OpenAsync(call, stream, client));
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<(ChatCall Call, ChatError? Invalid)> PrepareAsync(ChatRequest request, CancellationToken client)
    {
        var (prompt, invalid) = await RenderAsync(request, client);
        invalid ??= ChatRequestValidator.Validate(prompt);
        return invalid is null ? router.Route(prompt) : (default, invalid);
    }

    private async ValueTask<(ChatRequest Prompt, ChatError? Error)> RenderAsync(ChatRequest request, CancellationToken client)
    {
        if (request.Template is null)
        {
            return (request, request.Variables is null ? null : ChatError.Invalid("'variables' needs a 'template'.", "variables"));
        }

        var rendered = await templates.RenderAsync(Owners.Of(request.Owner), request.Template, request.Variables, client);
        return rendered.Error is { } error
            ? (request, error)
            : (request with { Template = null, Variables = null, Messages = request.Messages.Insert(0, rendered.Message!) }, null);
    }
}
