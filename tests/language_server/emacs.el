;;; A session of Emacs with the language server: what eglot makes of the answers, as JSON on the last line.  -*- lexical-binding: t -*-

(require 'package)
(package-initialize)
(require 'eglot)
(require 'json)

(define-derived-mode spec-mode prog-mode "Spec")
(add-to-list 'auto-mode-alist '("\\.yaml\\'" . spec-mode))
(add-to-list 'eglot-server-programs (cons 'spec-mode (split-string (getenv "SPEC_SERVER"))))
(setq eglot-sync-connect t eglot-autoshutdown t eglot-send-changes-idle-time 0.05
      eglot-confirm-server-initiated-edits nil flymake-no-changes-timeout 0.05)

(defvar found nil)
(defun note (key value) (push (cons key value) found))

(defun wait-for (what done)
  (let ((end (+ (float-time) 60)))
    (while (not (funcall done))
      (when (> (float-time) end)
        (message "waited in vain for %s" what)
        (kill-emacs 1))
      (accept-process-output nil 0.05))))

(defun go-to (needle)
  (goto-char (point-min))
  (search-forward needle)
  (goto-char (match-beginning 0)))

(defun text () (buffer-substring-no-properties (point-min) (point-max)))

(defun ask (method &optional more)
  (eglot--signal-textDocument/didChange)
  (jsonrpc-request (eglot--current-server-or-lose) method
                   (append (eglot--TextDocumentPositionParams) more)))

(find-file (expand-file-name "spec.yaml" (getenv "SPEC_FOLDER")))
(call-interactively #'eglot)
(flymake-mode 1)

(defun mistakes () (flymake-diagnostics))
(wait-for "the mistake" (lambda () (flymake-start) (= (length (mistakes)) 1)))
(let ((mistake (car (mistakes))))
  (note 'mistake (list (car (split-string (flymake-diagnostic-text mistake) "\n"))
                       (line-number-at-pos (flymake-diagnostic-beg mistake)))))

;; The quick fix, applied as eglot applies it.
(let* ((mistake (car (mistakes)))
       (actions (progn (goto-char (flymake-diagnostic-beg mistake))
                       (eglot-code-actions (flymake-diagnostic-beg mistake) (flymake-diagnostic-end mistake))))
       (action (aref (vconcat actions) 0)))
  (note 'action (plist-get action :title))
  (eglot--apply-workspace-edit (plist-get action :edit)))
(wait-for "the mistake to go"
          (lambda () (eglot--signal-textDocument/didChange) (flymake-start) (null (mistakes))))

(go-to "Dense")
(note 'hover (car (split-string (plist-get (plist-get (ask :textDocument/hover) :contents) :value) "\n")))

(go-to "image}")
(let ((xrefs (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
  (note 'definition (xref-location-line (xref-item-location (car xrefs)))))

(go-to "image:")
(eglot-rename "picture")
(note 'text (split-string (string-trim-right (text)) "\n"))

(note 'outline (mapcar #'car (eglot-imenu)))

;; A line that is being typed.
(go-to "  y:")
(delete-region (point) (line-end-position))
(insert "  y: {type: Dense, ")
(let ((items (append (plist-get (ask :textDocument/completion) :items) nil)))
  (setq items (sort items (lambda (a b) (string< (plist-get a :sortText) (plist-get b :sortText)))))
  (note 'proposals (vector (plist-get (car items) :label) (plist-get (cadr items) :label))))

(set-buffer-modified-p nil)
(eglot-shutdown (eglot--current-server-or-lose))
(princ (concat "\n" (json-encode found) "\n"))
(kill-emacs 0)
